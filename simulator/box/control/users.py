"""The ERP's synthetic users: who they are and how they are logged in."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from .erp import Answer, Erp, FailedError
from .wire import Deadline


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with an account in the ERP."""

    name: str
    role: str

    @property
    def password(self) -> str:
        """The password that the seed data gives to named users."""
        return f"quty-{self.name}"


CLERK = User("clerk.ppic", "PPIC_Clerk")
MANAGER = User("manager.ppic", "PPIC_Manager")
CUTTING = User("operator.cutting", "Cutting_Operator")
SEWING = User("operator.sewing", "Sewing_Operator")
WAREHOUSE = User("clerk.warehouse", "Warehouse_Clerk")
INSPECTOR = User("inspector.qc", "QC_Inspector")


class Sessions:
    """The users' tokens, one each, shared by everything that acts as that user."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._tokens: dict[User, str] = {}
        self._lock = threading.Lock()

    def login(self, user: User, deadline: Deadline) -> str:
        """Log in and return the token."""
        body: dict[str, object] = {"username": user.name, "password": user.password}
        answer = self._erp.request("POST", "/api/v1/auth/login", deadline, body=body).expect(200)
        token = answer.holds(token_type="bearer").get("access_token")
        if not isinstance(token, str):
            raise FailedError("wrong", "a login without a token")
        with self._lock:
            self._tokens[user] = token
        return token

    def get(self, user: User, path: str, deadline: Deadline) -> Answer:
        """GET `path` as `user`."""
        return self._request(user, "GET", path, None, deadline)

    def post(self, user: User, path: str, body: dict[str, object], deadline: Deadline) -> Answer:
        """POST `body` to `path` as `user`."""
        return self._request(user, "POST", path, body, deadline)

    def _request(
        self, user: User, method: str, path: str, body: dict[str, object] | None, deadline: Deadline
    ) -> Answer:
        with self._lock:
            token = self._tokens.get(user)
        if token is None:
            token = self.login(user, deadline)
        answer = self._erp.request(method, path, deadline, body=body, token=token)
        if answer.status == 401:  # the token ran out: log in again, as the page in a browser would
            token = self.login(user, deadline)
            answer = self._erp.request(method, path, deadline, body=body, token=token)
        return answer
