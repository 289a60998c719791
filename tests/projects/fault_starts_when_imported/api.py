"""Enciende el servidor al final, sin preguntar si alguien lo está importando."""

import uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "ok"}


uvicorn.run(app, port=8000)
