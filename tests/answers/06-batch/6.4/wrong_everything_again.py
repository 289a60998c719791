# pierde: 4
# mensaje: Lo que rehízo la segunda vez
def catch_up(inbox: Path, published: Path, build) -> list[str]:
    done, failed = [], {}
    for path in sorted(inbox.glob("*.csv")):
        target = published / f"{path.stem}.json"
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        try:
            result = build(content.decode())
        except Exception as error:
            failed[path.stem] = error
            continue
        half = published / f".{path.stem}.half"
        half.write_text(json.dumps({"input": digest, "result": result}))
        half.replace(target)
        done.append(path.stem)
    if failed:
        raise RuntimeError(f"No se pudieron rehacer: {failed}")
    return done
