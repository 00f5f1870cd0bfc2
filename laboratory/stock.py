"""The process that knows the stock: one JSON object a line in, one out."""

from __future__ import annotations

import asyncio
import json
import logging
import os

logger = logging.getLogger("stock")


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one question."""
    asked = json.loads(await reader.readline())
    writer.write(json.dumps({"stock": len(asked["article"]) * 7 % 23}).encode() + b"\n")
    await writer.drain()
    writer.close()
    logger.info("Stock of %s told", asked["article"])


async def main() -> None:
    """Serve until killed."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s - %(name)s - %(levelname)s - %(message)s"
    )
    server = await asyncio.start_server(answer, "127.0.0.1", int(os.environ["SHOP_STOCK"]))
    logger.info("Stock service is ready")
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
