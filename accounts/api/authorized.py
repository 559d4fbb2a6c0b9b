from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rest_framework.request import Request

from accounts.access import Decision, Reason
from accounts.authorization import AccessDenied, IsResource, Resource, authorize, subject_of
from accounts.models import User

if TYPE_CHECKING:
    from rest_framework.views import APIView as _View
else:
    _View = object


class AuthorizedView(_View):
    """Mixin for views and viewsets that says, for each thing they answer, which action it needs.

    `actions` maps a viewset's action (`list`, `publish`) or an HTTP method (`GET`) to an action of
    `accounts.access`. It is checked before the handler runs; a handler left out is refused. What
    concerns one object is checked by the handler with `require`.
    """

    actions: ClassVar[dict[str, str]] = {}
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    @property
    def subject(self) -> User:
        """Who asks. Raises `NotSignedIn`."""
        return subject_of(self.request)

    def require(self, action: str, resource: Resource | IsResource | None = None) -> Decision:
        """Raises `Hidden` or `AccessDenied` unless the subject may do this."""
        return authorize(self.subject, action, resource)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        subject = self.subject
        handler = handler_name(self, request.method or "")
        if handler is None:
            return  # the method is not answered at all: 405 follows
        action = self.actions.get(handler)
        if action is None:
            raise AccessDenied(_undeclared(handler))
        authorize(subject, action)


def handler_name(view: Any, method: str) -> str | None:
    """The key of `actions` for this request; None when the view does not answer the method."""
    method = "GET" if method == "HEAD" else method
    if method.lower() not in view.http_method_names:
        return None
    if getattr(view, "action_map", None) is not None:
        name: str | None = view.action_map.get(method.lower())
        return name
    return method if hasattr(view, method.lower()) else None


def _undeclared(handler: str) -> Decision:
    return Decision(False, handler, Reason.UNDECLARED, "This address does not say which permission it needs.")
