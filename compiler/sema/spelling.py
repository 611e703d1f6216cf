"""How types are written in messages: C's own notation, with what a typedef stands for."""

from __future__ import annotations

from . import types as ct


def show(t: ct.Type) -> str:
    """The type in C notation, for example `const struct flow *` or `int (*)[4]`."""
    return _declare(t, "").strip()


def quote(t: ct.Type) -> str:
    """The type in quotes; with "(aka ...)" if typedefs hide what it is."""
    text = show(t)
    bare = show(desugar(t))
    return f"'{text}'" if bare == text or isinstance(ct.strip(t), ct.Record) else f"'{text}' (aka '{bare}')"


def pretty(name: str, t: ct.Function) -> str:
    """A function with its type, as clang's __PRETTY_FUNCTION__ has it in C."""
    return _declare(t, name)


def desugar(t: ct.Type) -> ct.Type:
    """The type with typedefs resolved at every level short of record members."""
    match t:
        case ct.Typedef():
            return desugar(t.target)
        case ct.Qualified():
            base = desugar(t.base)
            if isinstance(base, ct.Qualified):
                return ct.Qualified(
                    base.base, t.const or base.const, t.volatile or base.volatile, t.restrict or base.restrict,
                    space=t.space or base.space,
                )  # fmt: skip
            return ct.Qualified(base, t.const, t.volatile, t.restrict, space=t.space)
        case ct.Pointer():
            return ct.Pointer(desugar(t.target))
        case ct.Array():
            return ct.Array(desugar(t.element), t.count)
        case _:
            return t


def _declare(t: ct.Type, inner: str) -> str:
    """`inner` declared with type `t` (the declarator grows inside out, C11 6.7.6)."""
    match t:
        case ct.Pointer():
            target = t.target
            needs_parentheses = isinstance(target, ct.Array | ct.Function)
            return _declare(target, f"(*{inner})" if needs_parentheses else f"*{inner}")
        case ct.Qualified():
            words = [word for word in ("const", "volatile", "restrict") if getattr(t, word)]
            if t.space:
                words.append(f"__attribute__((address_space({t.space})))")
            if isinstance(t.base, ct.Pointer):
                target = t.base.target
                star = f"*{' '.join(words)}{' ' if inner and words else ''}{inner}"
                return _declare(target, f"({star})" if isinstance(target, ct.Array | ct.Function) else star)
            return " ".join([*words, _declare(t.base, inner)])
        case ct.Array():
            return _declare(t.element, f"{inner}[{'' if t.count is None else t.count}]")
        case ct.Function():
            parameters = [show(p.type) for p in t.parameters]
            if t.variadic:
                parameters.append("...")
            text = ", ".join(parameters) or ("void" if t.prototyped else "")
            return _declare(t.result, f"{inner}({text})")
        case _:
            name = _name(t)
            return f"{name} {inner}" if inner and not inner.startswith("[") else f"{name}{inner}"


def _name(t: ct.Type) -> str:
    match t:
        case ct.Void():
            return "void"
        case ct.Int() | ct.Float() | ct.Typedef():
            return t.name
        case ct.Record():
            return f"{t.kind} {t.tag or '(unnamed)'}"
        case ct.Enum():
            return f"enum {t.tag or '(unnamed)'}"
        case _:
            raise AssertionError(t)
