"""Print the ERP's users as rows for COPY: username, role, department, password hash.

The seven named accounts sign in with "quty-" and their name; the other five hundred work on paper so far
and have no password. The hash has few iterations on purpose: two servers share two cores.
"""

from __future__ import annotations

import hashlib

ITERATIONS = 200
NAMED = (
    ("clerk.ppic", "PPIC_Clerk", "ppic"),
    ("manager.ppic", "PPIC_Manager", "ppic"),
    ("operator.cutting", "Cutting_Operator", "cutting"),
    ("operator.sewing", "Sewing_Operator", "sewing"),
    ("clerk.warehouse", "Warehouse_Clerk", "warehouse"),
    ("inspector.qc", "QC_Inspector", "qc"),
    ("admin", "Admin", "it"),
)
OTHERS = 500
ROLES = (
    ("Cutting_Operator", "cutting"),
    ("Sewing_Operator", "sewing"),
    ("Finishing_Operator", "finishing"),
    ("Warehouse_Clerk", "warehouse"),
)


def hashed(password: str, salt: str) -> str:
    """The password in the form that the backend checks."""
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), ITERATIONS)
    return f"pbkdf2_sha256${ITERATIONS}${salt}${digest.hex()}"


def rows() -> list[tuple[str, str, str, str]]:
    """Every user; the same rows each time."""
    named = []
    for username, role, department in NAMED:
        salt = hashlib.sha256(username.encode()).hexdigest()[:16]
        named.append((username, role, department, hashed(f"quty-{username}", salt)))
    others = [(f"user{n:03d}", *ROLES[n % len(ROLES)], "!") for n in range(1, OTHERS + 1)]
    return named + others


if __name__ == "__main__":
    for row in rows():
        print("\t".join(row))
