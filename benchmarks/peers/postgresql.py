"""SQLAlchemy's asyncio and asyncpg on PostgreSQL: a transaction for each request, rows locked."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from benchmarks.peers.signing import Accept, Signed, UnauthenticatedError
from benchmarks.peers.tables import ApiKey, Profile, create_tables

POOL_SIZE = 16
"""Connections to the database. We chose half of the 32 clients; other sizes were not measured."""


def open_postgresql(url: str, profiles: int) -> Accept:
    """Make the tables, which must be new, and give back what verifies and saves."""
    url = url.replace("postgresql:", "postgresql+asyncpg:", 1)
    asyncio.run(_create_tables(url, profiles))
    engine = create_async_engine(url, pool_size=POOL_SIZE, max_overflow=0)
    sessions = async_sessionmaker(engine)

    async def accept(signed: Signed, user: str, changes: Callable[[], Mapping[str, Any]]) -> None:
        async with sessions() as session:
            key = await session.get(ApiKey, signed.key, with_for_update=True)
            if key is None:
                raise UnauthenticatedError
            key.nonce = signed.verify(key.secret, key.nonce)
            profile = await session.get_one(Profile, user, with_for_update=True)
            profile.change(changes())
            await session.commit()

    return accept


async def _create_tables(url: str, profiles: int) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(create_tables, profiles)
    await engine.dispose()
