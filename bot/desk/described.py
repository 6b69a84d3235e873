"""The staff API's description tells its refusals, too: every operation may answer with any of them."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

ERRORS = {
    400: "The body is not JSON.",
    401: "No key, or one that is unknown or revoked.",
    403: "The account has no place at the desk, or the CSRF token is missing.",
    404: "There is no such thing.",
    409: "Somebody else has the conversation, or it is no longer as it was.",
    422: "What was sent cannot be carried out; the message says what to change.",
}
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        }
    },
}


class DescribedAPI(NinjaAPI):
    """A NinjaAPI whose every error has one shape, `{"error": {"code", "message", ...}}`."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"] = {**_refusals(), **operation.get("responses", {})}
        return schema


def _refusals() -> dict[Any, Any]:
    content = {"application/json": {"schema": ERROR}}
    return {status: {"description": words, "content": content} for status, words in ERRORS.items()}
