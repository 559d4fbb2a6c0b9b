from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from accounts.access import Decision, Reason
from accounts.authorization import (
    AccessDenied,
    IsResource,
    Resource,
    authorize,
    authorize_new,
    authorize_somewhere,
    subject_of,
)
from accounts.models import User

if TYPE_CHECKING:
    from rest_framework.views import APIView as _View
else:
    _View = object

_M = TypeVar("_M", bound=Model)
VIEW_AS = "View-As"
"""The header of those who look as somebody else. Where it means nothing it is refused, not ignored."""


class AuthorizedView(_View):
    """Mixin for views and viewsets that says, for each thing they answer, which action it needs.

    `actions` maps a viewset's action (`list`, `publish`) or an HTTP method (`GET`) to an action of
    `accounts.access`. It is checked before the handler runs; a handler left out is refused. Where the
    address has ids, and for the handlers in `by_object` (lists, and what makes something new), that
    check refuses only who may do it nowhere: there the handler decides about each object, with `find`,
    `require`, `require_new` or `visible`.
    """

    actions: ClassVar[dict[str, str]] = {}
    by_object: ClassVar[frozenset[str]] = frozenset()
    is_viewable_as: ClassVar[bool] = False
    """Whether it answers as somebody else sees it, when it is asked so."""
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    @property
    def subject(self) -> User:
        """Who asks. Raises `NotSignedIn`."""
        return subject_of(self.request)

    def require(self, action: str, resource: Resource | IsResource | None = None) -> Decision:
        """Raises `Hidden` or `AccessDenied` unless the subject may do this."""
        return authorize(self.subject, action, resource)

    def require_new(self, action: str, resource: Resource | IsResource) -> Decision:
        """As `require`, about something before it is made."""
        return authorize_new(self.subject, action, resource)

    def find(self, rows: QuerySet[_M], action: str, **which: Any) -> _M:
        """The one row, checked for `action`. Raises `Http404`, or as `require`: outside that is the same."""
        row = rows.filter(**which).first()
        if row is None:
            raise Http404
        if not isinstance(row, IsResource):
            raise TypeError(f"{type(row).__name__} is not a resource: it has no as_resource().")
        self.require(action, row)
        return row

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if VIEW_AS in request.headers and not self.is_viewable_as:
            raise ParseError(f"This address cannot be read as somebody else. Leave the header {VIEW_AS} out.")
        subject = self.subject
        handler = handler_name(self, request.method or "")
        if handler is None:
            return  # the method is not answered at all: 405 follows
        action = self.actions.get(handler)
        if action is None:
            raise AccessDenied(_undeclared(handler))
        if self.kwargs or handler in self.by_object:
            authorize_somewhere(subject, action, self._named(action))
        else:
            authorize(subject, action)

    def _named(self, action: str) -> Resource | None:
        """What the address names, if the action is about such things: told to who is refused."""
        kind = action.partition(".")[0]
        named = self.kwargs.get(f"{kind}_id")
        return None if named is None else Resource(kind, str(named), self.subject.tenant_id)


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
