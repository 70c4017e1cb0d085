"""Who is signed in at the double, and what that person may see and do."""

from __future__ import annotations

from tests.metabase.server.contract import Body, Refused, check

ALL_USERS, ADMINISTRATORS = 1, 2


class People:
    """Accounts, sessions and keys. An administrator may everything."""

    def __init__(self) -> None:
        self.admin: tuple[str, str] | None = None
        self.api_keys: set[str] = set()
        self.users: dict[int, Body] = {}
        self.sessions: dict[str, int] = {}
        self.access: dict[tuple[int, str], str] = {(ALL_USERS, "root"): "write"}
        self.levels: dict[tuple[int, int], str] = {}
        self.acting: int = 0

    def groups_of(self, user: int) -> set[int]:
        """Groups of an account; 0 is the administrator."""
        return set(self.users[user]["groups"]) if user else {ADMINISTRATORS}

    def may(self, collection: int, level: str) -> bool:
        """Whether who is acting may read (or write) a collection."""
        if not self.acting:
            return True
        enough = ("read", "write") if level == "read" else ("write",)
        return any(
            self.access.get((group, str(collection))) in enough
            for group in self.groups_of(self.acting)
        )

    def may_query(self, database: int, level: str) -> bool:
        """Whether who is acting may ask a connection by hand."""
        order = ["no", "query-builder", "query-builder-and-native"]
        return not self.acting or any(
            order.index(self.levels.get((group, database), "no")) >= order.index(level)
            for group in self.groups_of(self.acting)
        )

    def only_admins(self) -> None:
        """Refuse everybody else."""
        if self.acting:
            raise Refused(403, "You don't have permissions to do that.")

    def current_user(self) -> Body:
        return {"id": self.acting or 1, "is_superuser": not self.acting}

    def list_users(self, query: dict[str, str]) -> Body:
        self.only_admins()
        data = [
            {"id": key, **one}
            for key, one in self.users.items()
            if query.get("query", "") in one["email"]
            and (one["is_active"] or query.get("status") == "all")
        ]
        return {"data": data, "total": len(data)}

    def post_user(self, body: Body) -> Body:
        self.only_admins()
        check("POST /api/user", body)
        key = 1000 + len(self.users)
        groups = [one["id"] for one in body.get("user_group_memberships", [])]
        if groups and ALL_USERS not in groups:
            raise Refused(400, "everybody is of All Users")
        self.users[key] = {
            "email": body["email"],
            "is_active": True,
            "password": None,
            "groups": groups or [ALL_USERS],
        }
        return {"id": key, "email": body["email"]}

    def put_user(self, key: int, body: Body) -> Body:
        self.only_admins()
        check("PUT /api/user/:id", body)
        if "user_group_memberships" in body:
            groups = [one["id"] for one in body["user_group_memberships"]]
            self.users[key]["groups"] = groups
        return {"id": key}

    def put_password(self, key: int, body: Body) -> Body:
        check("PUT /api/user/:id/password", body)
        self.users[key]["password"] = body["password"]
        return {}

    def reactivate(self, key: int, body: Body) -> Body:
        check("PUT /api/user/:id/reactivate", body)
        if self.users[key]["is_active"]:
            raise Refused(400, "Not able to reactivate an active user")
        self.users[key]["is_active"] = True
        return {"id": key}

    def deactivate(self, key: int, body: Body) -> Body:
        self.only_admins()
        self.users[key]["is_active"] = False
        return {"success": True}

    def identify(self, username: str, password: str) -> int:
        """The account that signs in; 0 is the administrator."""
        if (username, password) == self.admin:
            return 0
        for key, one in self.users.items():
            told = (one["email"], one["password"], one["is_active"])
            if told == (username, password, True):
                return key
        raise Refused(401, "did not match stored password")
