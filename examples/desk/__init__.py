"""A small service that sells seats: seatbill behind FastAPI and SQLAlchemy."""
