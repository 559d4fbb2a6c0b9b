"""What can be said about author code without running it: its problems and its free names.

A free name is read before the code ever assigns it and is neither a builtin, an import nor preset:
it is an input of the node.
"""

from __future__ import annotations

import ast
import builtins
import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Literal

from .execution import PRESETS
from .imports import missing_imports

MAX_CODE_CHARS: Final = 1_000_000
_DIGITS: Final = "0123456789"
_SITE_NAMES: Final = frozenset({"exit", "quit", "copyright", "credits", "license", "help"})
_ALWAYS: Final = frozenset(dir(builtins)) | {"__name__", "__builtins__", "__doc__", "__file__"}
_HINTS: Final = (
    ("expected ':'", "End this line with a colon."),
    ("was never closed", "Add the closing bracket."),
    ("unmatched", "Remove this bracket or add the one that opens it."),
    ("does not match opening", "Close the brackets in the order they were opened."),
    ("unterminated string", "Close the quotes on the same line."),
    ("unterminated triple-quoted", "Close the triple quotes."),
    ("unterminated f-string", "Close the quotes on the same line."),
    ("expected an indented block", "Indent the lines that belong to the line above, by four spaces."),
    ("unexpected indent", "Remove the spaces at the start of this line."),
    ("unindent does not match", "Line this up with the block it belongs to."),
    ("inconsistent use of tabs", "Indent with spaces only."),
    ("Missing parentheses in call to 'print'", "Write print(...)."),
    ("Maybe you meant '=='", "Compare with ==; a single = assigns."),
    ("'return' outside function", "Assign `result` instead of returning."),
    ("'yield' outside function", "Assign `result` instead of yielding."),
    ("'await' outside function", "Put it into an async function and call asyncio.run(...)."),
    ("invalid character", "Replace this character, often a quote or dash pasted from a document."),
)


@dataclass(frozen=True, slots=True)
class CodeProblem:
    """Something wrong at a place in the code; lines and columns count from 1."""

    line: int
    column: int
    message: str
    severity: Literal["error", "warning"] = "error"
    hint: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class CodeReport:
    """`free_names` in the order they are first read. They are empty when the code does not parse."""

    problems: list[CodeProblem]
    free_names: list[str]

    def to_dict(self) -> dict[str, Any]:
        return {"problems": [problem.to_dict() for problem in self.problems], "free_names": self.free_names}


def analyse_code(code: str) -> CodeReport:
    """Every problem of `code` and the names it takes as inputs. Never runs it, never raises on it."""
    if len(code) > MAX_CODE_CHARS:
        return _refused(f"The code is longer than {MAX_CODE_CHARS} characters.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
            compile(code, "<node>", "exec", dont_inherit=True)
        scan = _Scan(tree)
    except SyntaxError as error:
        return CodeReport([_syntax_problem(error)], [])
    except ValueError:
        return _refused("The code contains a NUL character.", "Delete it; it often comes from a pasted file.")
    except (RecursionError, MemoryError):
        return _refused("The code is nested too deeply.", "Split the longest expression.")
    return CodeReport(
        sorted(scan.problems(), key=lambda problem: (problem.line, problem.column)), scan.free_names()
    )


def _refused(message: str, hint: str | None = None) -> CodeReport:
    return CodeReport([CodeProblem(1, 1, message, hint=hint)], [])


def _syntax_problem(error: SyntaxError) -> CodeProblem:
    message = error.msg or "invalid syntax"
    hint = next((hint for part, hint in _HINTS if part in message), None)
    return CodeProblem(
        max(error.lineno or 1, 1), max(error.offset or 1, 1), message[:1].upper() + message[1:], hint=hint
    )


class _Scan:
    """Reads and assignments of module-level names, in the order the code would make them."""

    def __init__(self, tree: ast.Module) -> None:
        self.reads: dict[str, ast.Name] = {}
        self.deferred: dict[str, ast.Name] = {}
        self.assigned: set[str] = set()
        self.attribute_bases: set[str] = set()
        self.uses_exec = False
        self.star_import: ast.ImportFrom | None = None
        self._tree = tree
        _ModuleWalk(self).walk_module(tree)

    def free_names(self) -> list[str]:
        return [name for name in self._free() if name not in _SITE_NAMES]

    def _free(self) -> dict[str, ast.Name]:
        late = {name: node for name, node in self.deferred.items() if name not in self.assigned}
        found = sorted({**late, **self.reads}.items(), key=lambda item: (item[1].lineno, item[1].col_offset))
        return dict(found)

    def problems(self) -> Iterable[CodeProblem]:
        free = self._free()
        if "result" not in self.assigned and not self.uses_exec:
            yield self._no_result()
        if self.star_import is not None:
            yield CodeProblem(
                self.star_import.lineno,
                self.star_import.col_offset + 1,
                "`import *` hides which names are inputs.",
                "warning",
                "Import the names that you use.",
            )
        for statement, complaint in missing_imports(self._tree):
            yield CodeProblem(statement.lineno, statement.col_offset + 1, complaint, "warning")
        for name, node in free.items():
            hint = self._name_hint(name)
            if hint is not None:
                message = f"`{name}` is never assigned, so it is an input."
                yield CodeProblem(node.lineno, node.col_offset + 1, message, "warning", hint)

    def _no_result(self) -> CodeProblem:
        near = get_close_matches("result", sorted(self.assigned), n=1, cutoff=0.8)
        hint = (
            f"Did you mean `result` where you assign `{near[0]}`?" if near else "For example: result = {...}"
        )
        last = self._tree.body[-1] if self._tree.body else None
        place = (last.lineno, last.col_offset + 1) if last is not None else (1, 1)
        if near:
            found = next(
                node for node in ast.walk(self._tree) if isinstance(node, ast.Name) and node.id == near[0]
            )
            place = (found.lineno, found.col_offset + 1)
        return CodeProblem(*place, "The code never assigns `result`.", hint=hint)

    def _name_hint(self, name: str) -> str | None:
        if name in _SITE_NAMES:
            return f"`{name}` is not available here; end by assigning `result`."
        if name in self.attribute_bases and name in sys.stdlib_module_names:
            return f"Did you forget `import {name}`?"
        near = self._similar(name)
        return f"Did you mean `{near}`?" if near is not None else None

    def _similar(self, name: str) -> str | None:
        """A known name that `name` is probably a slip of: not `items` for `item`, nor `day2` for `day1`."""
        if len(name) < 4:
            return None
        own = [other for other in self.assigned if not _is_variant(name, other)]
        given = [*PRESETS, *_public_builtins()]
        near = get_close_matches(name, sorted(own), n=1, cutoff=0.85)
        near = near or get_close_matches(name, sorted(given), n=1, cutoff=0.8)
        return near[0] if near and len(near[0]) > 3 else None


def _is_variant(one: str, other: str) -> bool:
    """Names that people keep side by side on purpose."""
    return one.startswith(other) or other.startswith(one) or one.rstrip(_DIGITS) == other.rstrip(_DIGITS)


def _public_builtins() -> list[str]:
    return [name for name in dir(builtins) if not name.startswith("_") and name not in _SITE_NAMES]


class _Scope:
    """Names bound in a function, class or comprehension around the place being walked."""

    def __init__(self, bound: set[str], *, deferred: bool, outer: _Scope | None) -> None:
        self.bound = bound
        self.deferred = deferred
        self.outer = outer


class _ModuleWalk(ast.NodeVisitor):
    def __init__(self, scan: _Scan) -> None:
        self._scan = scan
        self._scope: _Scope | None = None

    def walk_module(self, tree: ast.Module) -> None:
        for statement in tree.body:
            self.visit(statement)

    # -- names -----------------------------------------------------------------------------------

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._read(node)
        else:
            self._assign(node.id)

    def _read(self, node: ast.Name) -> None:
        name, scope, deferred = node.id, self._scope, False
        while scope is not None:
            if name in scope.bound:
                return
            deferred = deferred or scope.deferred
            scope = scope.outer
        scan = self._scan
        if name in scan.assigned or (name in _ALWAYS and name not in _SITE_NAMES) or name in PRESETS:
            return
        (scan.deferred if deferred else scan.reads).setdefault(name, node)

    def _assign(self, name: str) -> None:
        scope = self._scope
        if scope is None:
            self._scan.assigned.add(name)
        elif name not in scope.bound:
            # Bound elsewhere on purpose: `global x`, or a `:=` inside a comprehension.
            self._assign_outside(name)

    def _assign_outside(self, name: str) -> None:
        scope = self._scope
        while scope is not None:
            if name in scope.bound:
                return
            scope = scope.outer
        self._scan.assigned.add(name)

    # -- order of evaluation ---------------------------------------------------------------------

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._read(ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target))
        self.visit(node.value)
        self.visit(node.target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        if node.value is not None:
            self.visit(node.value)
            self.visit(node.target)
        elif not isinstance(node.target, ast.Name):
            self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.visit(node.target)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self.visit(node.target)
        self._visit_all([*node.body, *node.orelse])

    visit_AsyncFor = visit_For  # noqa: N815

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.type is not None:
            self.visit(node.type)
        if node.name is not None:
            self._assign(node.name)
        self._visit_all(node.body)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.pattern is not None:
            self.visit(node.pattern)
        if node.name is not None:
            self._assign(node.name)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name is not None:
            self._assign(node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.generic_visit(node)
        if node.rest is not None:
            self._assign(node.rest)

    # -- imports ---------------------------------------------------------------------------------

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._assign(alias.asname or alias.name.split(".")[0])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*":
                self._import_star(node)
            else:
                self._assign(alias.asname or alias.name)

    def _import_star(self, node: ast.ImportFrom) -> None:
        self._scan.star_import = node
        module = sys.modules.get(node.module or "") if node.module in sys.stdlib_module_names else None
        for name in getattr(module, "__all__", None) or dir(module):
            self._assign(name)

    # -- scopes ----------------------------------------------------------------------------------

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._visit_all(node.decorator_list)
        self._visit_signature(node.args)
        if node.returns is not None:
            self.visit(node.returns)
        self._assign(node.name)
        self._in_scope(_bound_in(node.args, node.body), node.body, deferred=True)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_signature(node.args)
        self._in_scope(_bound_in(node.args, []), [node.body], deferred=True)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_all([*node.decorator_list, *node.bases, *node.keywords])
        self._in_scope(_bound_in(None, node.body), node.body, deferred=False)
        self._assign(node.name)

    def _visit_comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> None:
        self.visit(node.generators[0].iter)
        bound = {
            name.id
            for step in node.generators
            for name in ast.walk(step.target)
            if isinstance(name, ast.Name)
        }
        parts: list[ast.AST] = []
        for number, step in enumerate(node.generators):
            parts += [*([step.iter] if number else []), *step.ifs]
        parts += [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._in_scope(bound, parts, deferred=False)

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _visit_comprehension  # noqa: N815

    def _visit_signature(self, arguments: ast.arguments) -> None:
        self._visit_all([*arguments.defaults, *(default for default in arguments.kw_defaults if default)])
        for argument in _all_arguments(arguments):
            if argument.annotation is not None:
                self.visit(argument.annotation)

    def _in_scope(self, bound: set[str], parts: Iterable[ast.AST], *, deferred: bool) -> None:
        self._scope = _Scope(bound, deferred=deferred, outer=self._scope)
        try:
            self._visit_all(parts)
        finally:
            self._scope = self._scope.outer

    # -- the rest --------------------------------------------------------------------------------

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in {"exec", "globals", "locals", "vars"}:
            self._scan.uses_exec = True
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Name):
            self._scan.attribute_bases.add(node.value.id)
        self.generic_visit(node)

    def _visit_all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)


def _all_arguments(arguments: ast.arguments) -> list[ast.arg]:
    starred = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *starred]


def _bound_in(arguments: ast.arguments | None, body: list[ast.stmt]) -> set[str]:
    """The local names of a function or class body: all it binds, less `global` and `nonlocal`."""
    collector = _Bindings()
    for statement in body:
        collector.visit(statement)
    parameters = {argument.arg for argument in _all_arguments(arguments)} if arguments is not None else set()
    return (collector.bound | parameters) - collector.declared_elsewhere


class _Bindings(ast.NodeVisitor):
    """Names bound by the statements visited, without those of scopes nested in them."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.declared_elsewhere: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.bound.add(node.id)

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> None:
        self.declared_elsewhere.update(node.names)

    visit_Nonlocal = visit_Global  # noqa: N815

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.bound.add(node.name)

    visit_AsyncFunctionDef = visit_ClassDef = visit_FunctionDef  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        return

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.visit(node.iter)
        for condition in node.ifs:
            self.visit(condition)

    def visit_alias(self, node: ast.alias) -> None:
        if node.name != "*":
            self.bound.add(node.asname or node.name.split(".")[0])

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name is not None:
            self.bound.add(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name is not None:
            self.bound.add(node.name)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name is not None:
            self.bound.add(node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest is not None:
            self.bound.add(node.rest)
        self.generic_visit(node)
