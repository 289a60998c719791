from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


def claims_api(database):
    class Base(DeclarativeBase):
        pass

    class Row(Base):
        __tablename__ = "claims"
        __table_args__ = {"sqlite_autoincrement": True}
        id: Mapped[int] = mapped_column(primary_key=True)
        client: Mapped[str]
        reason: Mapped[str]
        status: Mapped[str]

        def shown(self):
            return {
                "id": self.id,
                "client": self.client,
                "reason": self.reason,
                "status": self.status,
            }

    class Claim(BaseModel):
        client: str = Field(min_length=1, max_length=80)
        reason: str = Field(min_length=1, max_length=500)
        status: Literal["abierto", "cerrado"] = "abierto"

    from sqlalchemy.pool import NullPool

    engine = create_engine(
        f"sqlite:///{database}", connect_args={"timeout": 10}, poolclass=NullPool
    )
    Base.metadata.create_all(engine)
    app = FastAPI()

    def find(session, claim_id):
        row = session.get(Row, claim_id)
        if row is None:
            raise HTTPException(404, "No está.")
        return row

    @app.post("/claims", status_code=201)
    def create(claim: Claim, response: Response):
        with Session(engine) as session:
            row = Row(**claim.model_dump())
            session.add(row)
            session.commit()
            response.headers["Location"] = f"/claims/{row.id}"
            return row.shown()

    @app.get("/claims")
    def index(
        status: Literal["abierto", "cerrado"] | None = None,
        limit: int = Query(default=20, ge=1, le=100),
    ):
        query = select(Row).order_by(Row.id).limit(limit)
        if status:
            query = query.where(Row.status == status)
        with Session(engine) as session:
            return {"items": [row.shown() for row in session.scalars(query)]}

    @app.get("/claims/{claim_id}")
    def show(claim_id: int):
        with Session(engine) as session:
            return find(session, claim_id).shown()

    @app.put("/claims/{claim_id}")
    def replace(claim_id: int, claim: Claim):
        with Session(engine) as session:
            row = find(session, claim_id)
            for name, value in claim.model_dump().items():
                setattr(row, name, value)
            session.commit()
            return row.shown()

    @app.delete("/claims/{claim_id}", status_code=204)
    def destroy(claim_id: int):
        with Session(engine) as session:
            session.delete(find(session, claim_id))
            session.commit()

    return app
