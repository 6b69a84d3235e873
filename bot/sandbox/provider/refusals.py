"""How Twilio says no. Codes: https://www.twilio.com/docs/api/errors"""

from __future__ import annotations

from django.http import JsonResponse


class Refused(Exception):
    """An answer of Twilio's with one of its error codes."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status

    def response(self) -> JsonResponse:
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        body = {"code": self.code, "message": str(self), "more_info": more, "status": self.status}
        return JsonResponse(body, status=self.status)
