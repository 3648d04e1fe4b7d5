"""What users do with the ERP, each with the proof that it worked. Probes and traffic do the same things.

Every action raises FailedError when a user would say that it does not work.
"""

from __future__ import annotations

import random
from collections import deque
from datetime import date, timedelta

from .erp import Erp, FailedError
from .ledger import Ledger, Order
from .users import CLERK, CUTTING, INSPECTOR, MANAGER, SEWING, WAREHOUSE, Sessions
from .wire import Deadline
from .wording import proofread

ORDERS = "/api/v1/ppic/manufacturing-orders"
WORK_ORDERS = "/api/v1/ppic/work-orders"
TRANSFERS = "/api/v1/transfers"
TESTS = "/api/v1/qc/tests"
STOCK = "/api/v1/warehouse/stock"
STOCK_ROWS = 200_000
PRODUCTS = ("Polo Shirt", "Work Trousers", "School Uniform", "Hooded Jacket", "Kebaya Blouse", "Batik Shirt")
SHELVES = 500
"""Places in the warehouses; the items at one are this many apart."""
FIRST_MOVED = date(2025, 1, 6)
DEPARTMENTS = ("cutting", "sewing", "finishing")


class Actions:
    """The users' working day."""

    def __init__(self, erp: Erp, sessions: Sessions, ledger: Ledger, seed: int) -> None:
        self._erp = erp
        self._as = sessions
        self._ledger = ledger
        self._random = random.Random(seed)
        self._unfinished: deque[int] = deque(maxlen=100)
        self._logins = 0

    def health(self, until: Deadline) -> None:
        answer = self._erp.request("GET", "/health", until).expect(200)
        answer.holds(status="healthy", database="ok", redis="ok")

    def page(self, until: Deadline) -> None:
        """Open the ERP in a new browser: what nginx presents now, its certificate included."""
        answer = self._erp.request("GET", "/", until, fresh=True).expect(200)
        if b"Quty Karunia ERP" not in answer.body:
            raise FailedError("wrong", "the start page is not the ERP's")

    def wording(self, until: Deadline) -> None:
        """Read the sign-in page."""
        proofread(self._erp.request("GET", "/", until).expect(200).body.decode("utf-8", "replace"))

    def login(self, until: Deadline) -> None:
        """Log in afresh; the role must be one's own. Clerk and manager take turns, so either shows."""
        self._logins += 1
        user = (CLERK, MANAGER)[self._logins % 2]
        token = self._as.login(user, until)
        answer = self._erp.request("GET", "/api/v1/auth/me", until, token=token).expect(200)
        answer.holds(username=user.name, role=user.role)

    def me(self, until: Deadline) -> None:
        self._as.get(WAREHOUSE, "/api/v1/auth/me", until).expect(200).holds(username=WAREHOUSE.name)

    def stock(self, until: Deadline) -> None:
        """Look an item up by its number, another one by its SKU; stock never changes, so both are known."""
        item = self._random.randint(1, STOCK_ROWS)
        answer = self._as.get(WAREHOUSE, f"{STOCK}/{item}", until).expect(200)
        answer.holds(id=item, sku=f"SKU-{item:06d}", quantity=item * 7919 % 1000)
        self.search(until)

    def search(self, until: Deadline) -> None:
        item = self._random.randint(1, STOCK_ROWS)
        answer = self._as.get(WAREHOUSE, f"{STOCK}?sku=SKU-{item:06d}", until).expect(200)
        found = answer.json().get("data")
        quantities = [each.get("quantity") for each in found] if isinstance(found, list) else None
        if quantities != [item * 7919 % 1000]:
            raise FailedError("wrong", f"the stock search does not find SKU-{item:06d} as it is")

    def shelf(self, until: Deadline) -> None:
        """Look up what lies at a place: the same fifty items each time, each with its last movement's day."""
        item = self._random.randint(1, SHELVES)
        place = f"WH{item % 4 + 1}-{item % 250:03d}"
        answer = self._as.get(WAREHOUSE, f"{STOCK}?location={place}", until).expect(200)
        wanted = [
            {"id": n, "sku": f"SKU-{n:06d}", "quantity": n * 7919 % 1000, "moved_on": moved_on(n)}
            for n in range(item, item + 50 * SHELVES, SHELVES)
        ]
        if answer.json().get("data") != wanted:
            raise FailedError("wrong", f"the stock search does not show {place} as it is")

    def order_list(self, until: Deadline) -> None:
        if not isinstance(self._as.get(CLERK, ORDERS, until).expect(200).json().get("data"), list):
            raise FailedError("wrong", "the list of orders is none")

    def orders(self, until: Deadline) -> None:
        """Create an order and read it back."""
        wanted: dict[str, object] = {
            "product": self._random.choice(PRODUCTS),
            "quantity": self._random.randint(10, 5000),
            "department": self._random.choice(DEPARTMENTS),
        }
        answer = self._as.post(CLERK, ORDERS, wanted, until).expect(201)
        order = Order.read(answer.holds(**wanted))
        if not order.number.startswith("MO-"):
            raise FailedError("wrong", f"{order.number!r} is not a number of the order book")
        self._ledger.add(order)
        again = self._as.get(CLERK, f"{ORDERS}/{order.id}", until).expect(200)
        again.holds(number=order.number, **wanted)

    def work_orders(self, until: Deadline) -> None:
        body: dict[str, object] = {
            "order_id": self._some_order(),
            "department": "cutting",
            "quantity": self._random.randint(1, 500),
        }
        self._as.post(CUTTING, WORK_ORDERS, body, until).expect(201)

    def work_order_list(self, until: Deadline) -> None:
        self._as.get(CUTTING, f"{WORK_ORDERS}?department=cutting", until).expect(200).json()

    def transfers(self, until: Deadline) -> None:
        """Move goods from cutting to sewing by the whole handshake, after finishing what an outage cut off.

        An unfinished transfer keeps its line locked, so users who leave it lying would block the department.
        """
        if self._unfinished:
            self._finish(self._unfinished.popleft(), until)
        body: dict[str, object] = {
            "order_id": self._some_order(),
            "from_department": "cutting",
            "to_department": "sewing",
            "quantity": self._random.randint(1, 500),
        }
        moved = self._as.post(CUTTING, TRANSFERS, body, until).expect(201).holds(status="INITIATED").get("id")
        if not isinstance(moved, int):
            raise FailedError("wrong", "a transfer without an id")
        try:
            for step, status in (("accept", "ACCEPTED"), ("confirm", "CONFIRMED")):
                answer = self._as.post(SEWING, f"{TRANSFERS}/{moved}/{step}", {}, until)
                answer.expect(200).holds(status=status)
        except FailedError:
            self._unfinished.append(moved)
            raise

    def _finish(self, moved: int, until: Deadline) -> None:
        """Take the steps of an old transfer that are left; one taken already is refused, which is fine."""
        try:
            for step in ("accept", "confirm"):
                answer = self._as.post(SEWING, f"{TRANSFERS}/{moved}/{step}", {}, until)
                if answer.status >= 500:
                    answer.expect(200)
        except FailedError:
            self._unfinished.append(moved)
            raise

    def qc(self, until: Deadline) -> None:
        """Record a test and read it back."""
        wanted: dict[str, object] = {
            "order_id": self._some_order(),
            "result": self._random.choice(("PASS", "PASS", "PASS", "FAIL")),
        }
        test = self._as.post(INSPECTOR, TESTS, wanted, until).expect(201).holds(**wanted).get("id")
        self._as.get(INSPECTOR, f"{TESTS}/{test}", until).expect(200).holds(**wanted)

    def approve(self, until: Deadline) -> None:
        self._as.post(MANAGER, f"{ORDERS}/{self._some_order()}/approve", {}, until).expect(200)

    def refusal(self, until: Deadline) -> None:
        """A clerk must not approve: anything but 403 means that the rights are broken."""
        self._as.post(CLERK, f"{ORDERS}/{self._some_order()}/approve", {}, until).expect(403)

    def _some_order(self) -> int:
        return self._ledger.newest or 1


def moved_on(item: int) -> str:
    """The day of an item's last movement: each has two."""
    days = max(n * 31 % 300 for n in (item, item + STOCK_ROWS))
    return str(FIRST_MOVED + timedelta(days=days))
