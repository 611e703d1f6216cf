"""What `__has_attribute`, `__has_builtin`, `__has_feature` and `__has_extension` answer.

Only what this compiler understands or may rightly ignore is here; all of it clang 19 for BPF says yes to as well.
"""

from __future__ import annotations

_ATTRIBUTES = """
    alias aligned alloc_size always_inline artificial assume assume_aligned availability
    btf_decl_tag btf_type_tag cleanup cold const constructor convergent
    deprecated diagnose_if enable_if error fallthrough flatten format format_arg gnu_inline hot
    internal_linkage leaf may_alias minsize mode musttail naked no_builtin no_sanitize
    no_stack_protector noinline nomerge nonnull noreturn nothrow optnone packed
    preserve_access_index preserve_static_offset pure returns_nonnull section
    sentinel transparent_union unavailable uninitialized unused used
    visibility warn_unused_result warning weak
"""
_BUILTINS = """
    __builtin_memcpy __builtin_memmove __builtin_memset __builtin_memcmp __builtin_strlen __builtin_strcmp __builtin_strncmp
    __builtin_bswap16 __builtin_bswap32 __builtin_bswap64 __builtin_constant_p __builtin_expect
    __builtin_expect_with_probability __builtin_unreachable __builtin_trap __builtin_offsetof
    __builtin_types_compatible_p __builtin_choose_expr __builtin_object_size __builtin_assume __builtin_assume_aligned
    __builtin_clz __builtin_clzl __builtin_clzll __builtin_ctz __builtin_ctzl __builtin_ctzll
    __builtin_ffs __builtin_ffsl __builtin_ffsll __builtin_popcount __builtin_popcountl __builtin_popcountll
    __builtin_parity __builtin_parityl __builtin_parityll __builtin_bitreverse8 __builtin_bitreverse16
    __builtin_bitreverse32 __builtin_bitreverse64 __builtin_rotateleft32 __builtin_rotateleft64
    __builtin_rotateright32 __builtin_rotateright64 __builtin_abs __builtin_labs __builtin_llabs
    __builtin_add_overflow __builtin_sub_overflow __builtin_mul_overflow __builtin_preserve_access_index
    __builtin_preserve_field_info __builtin_preserve_type_info __builtin_preserve_enum_value __builtin_btf_type_id
    __builtin_frame_address __builtin_return_address
    __sync_fetch_and_add __sync_fetch_and_sub __sync_fetch_and_and __sync_fetch_and_or __sync_fetch_and_xor
    __sync_val_compare_and_swap __sync_bool_compare_and_swap __sync_lock_test_and_set __sync_synchronize
    __atomic_fetch_add __atomic_fetch_sub __atomic_fetch_and __atomic_fetch_or __atomic_fetch_xor
    __atomic_exchange_n __atomic_compare_exchange_n __atomic_load_n __atomic_store_n
"""
_FEATURES = """
    attribute_deprecated_with_message attribute_overloadable attribute_unavailable_with_message
    attribute_analyzer_noreturn attribute_availability enumerator_attributes
    c_alignas c_alignof c_atomic c_generic_selections c_static_assert
"""

ATTRIBUTES = frozenset(_ATTRIBUTES.split())
BUILTINS = frozenset(_BUILTINS.split())
FEATURES = frozenset(_FEATURES.split())
EXTENSIONS = FEATURES | {"statement_attributes_with_gnu_syntax"}


def plain(name: str) -> str:
    """`__name__` as `name`."""
    return name[2:-2] if len(name) > 4 and name.startswith("__") and name.endswith("__") else name
