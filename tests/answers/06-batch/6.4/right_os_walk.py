def is_done(target, digest):
    if not target.exists():
        return False
    try:
        return json.loads(target.read_text(encoding="utf-8"))["input"] == digest
    except (json.JSONDecodeError, KeyError):
        return False


def catch_up(inbox, published, build):
    errors = []
    rebuilt = ()
    for name in sorted(os.listdir(inbox)):
        day, extension = os.path.splitext(name)
        if extension != ".csv":
            continue
        with open(inbox / name, "rb") as file:
            content = file.read()
        digest = hashlib.sha256(content).hexdigest()
        target = published / (day + ".json")
        if is_done(target, digest):
            continue
        try:
            text = json.dumps({"input": digest, "result": build(str(content, "utf-8"))})
        except Exception as error:
            errors.append(f"{day} ({error})")
            continue
        (published / "nuevo.tmp").write_text(text, encoding="utf-8")
        os.replace(published / "nuevo.tmp", target)
        rebuilt += (day,)
    if errors:
        raise RuntimeError("; ".join(errors))
    return rebuilt
