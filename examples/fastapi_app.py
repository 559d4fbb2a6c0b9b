"""A workflow behind a web service: FastAPI and `AsyncLocalRuntime`.

    pip install fastapi uvicorn
    uvicorn examples.fastapi_app:app
    curl localhost:8000/parcels/weigh --json '{"most": 2, "parcels": [{"kg": 3}, {"kg": 40}]}'

Many requests share one runtime on the server's event loop; each is a run of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

from runtime import AsyncLocalRuntime, ParameterError, RunFailed, WorkflowBuilder

CODE = """
heaviest = sorted(parcels, key=lambda parcel: parcel["kg"], reverse=True)[:most]
result = {"kg": sum(parcel["kg"] for parcel in heaviest), "parcels": heaviest}
"""

builder = WorkflowBuilder()
builder.add_node("PythonCodeNode", "weigh", {"code": CODE})
workflow = builder.build()


class Shipment(BaseModel):
    parcels: list[dict[str, Any]]
    most: int = Field(default=3, ge=1)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncLocalRuntime(timeout=30.0, max_workers=4) as runtime:
        app.state.runtime = runtime
        yield


app = FastAPI(title="Parcels", lifespan=lifespan)


@app.post("/parcels/weigh")
async def weigh(shipment: Shipment) -> dict[str, Any]:
    try:
        results, run_id = await app.state.runtime.execute(workflow, {"weigh": shipment.model_dump()})
    except ParameterError as error:
        raise HTTPException(status_code=422, detail=error.message) from error
    except RunFailed as failure:
        raise HTTPException(
            status_code=500, detail={"run_id": failure.run_id, "errors": failure.errors}
        ) from failure
    return {"run_id": run_id, **results["weigh"]["result"]}
