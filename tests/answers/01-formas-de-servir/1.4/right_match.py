def decide(requirements):
    match requirements:
        case {"network": False}:
            return ("edge", "infraestructura")
        case {"source": "eventos", "max_wait_s": wait} if wait < 60:
            return ("streaming", "integración")
        case {"known_in_advance": True, "max_age_s": age} if age >= 24 * 3600:
            return ("batch", "tiempo")
        case {"max_wait_s": wait} if wait >= 3600:
            return ("batch", "tiempo")
        case {"online_cost": cost, "budget": budget} if cost > budget:
            return ("revisar", "costo")
    return ("on-line", "tiempo")
