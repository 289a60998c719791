def default_rate(paid):
    unpaid = total = 0
    for one in paid:
        total += 1
        if not one:
            unpaid += 1
    return unpaid / total if total else 0.0
