"""What `__has_attribute`, `__has_builtin`, `__has_feature` and `__has_extension` answer.

Only what this compiler understands or may rightly ignore is here; all of it clang 19 for BPF says yes to as well.
"""

from __future__ import annotations

_ATTRIBUTES = """
    address_space aligned alloc_align alloc_size always_inline annotate artificial assume assume_aligned availability
    btf_decl_tag btf_type_tag cleanup cold const convergent counted_by deprecated diagnose_if disable_tail_calls
    enum_extensibility error fallthrough flag_enum flatten format format_arg gnu_inline hot internal_linkage leaf malloc
    may_alias minsize mode musttail naked no_builtin no_instrument_function no_randomize_layout no_sanitize
    no_sanitize_address no_stack_protector nodebug noderef noinline nomerge nonnull noreturn not_tail_called nothrow optnone
    overloadable packed preserve_access_index preserve_static_offset pure randomize_layout retain returns_nonnull section
    sentinel transparent_union unavailable uninitialized unused used visibility warn_unused_result warning weak
"""
# C23's own, with the month __has_c_attribute gives
C_ATTRIBUTES = {
    "fallthrough": "201910L", "maybe_unused": "202106L", "noreturn": "202202L", "_Noreturn": "202202L",
    "deprecated": "201904L", "nodiscard": "202003L",
}
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
    __builtin_frame_address __builtin_return_address __builtin_LINE __builtin_COLUMN __builtin_FILE __builtin_FILE_NAME
    __builtin_FUNCTION __builtin_abs __builtin_addressof __builtin_align_down __builtin_align_up __builtin_is_aligned
    __builtin_bcmp __builtin_classify_type __builtin_clrsb __builtin_clrsbl __builtin_clrsbll __builtin_clzg __builtin_ctzg
    __builtin_popcountg __builtin_debugtrap __builtin_dynamic_object_size __builtin_elementwise_abs
    __builtin_elementwise_max __builtin_elementwise_min __builtin_launder __builtin_memchr __builtin_memcpy_inline
    __builtin_mempcpy __builtin_memset_inline __builtin_nondeterministic_value __builtin_prefetch __builtin_rotateleft8
    __builtin_bzero __builtin_rotateleft16 __builtin_rotateright8 __builtin_rotateright16 __builtin_strchr __builtin_strncmp
    __builtin_strrchr __builtin_unpredictable
    __builtin_addcb __builtin_addcs __builtin_addc __builtin_addcl __builtin_addcll
    __builtin_subcb __builtin_subcs __builtin_subc __builtin_subcl __builtin_subcll
    __builtin_sadd_overflow __builtin_saddl_overflow __builtin_saddll_overflow __builtin_uadd_overflow
    __builtin_uaddl_overflow __builtin_uaddll_overflow __builtin_ssub_overflow __builtin_ssubl_overflow
    __builtin_ssubll_overflow __builtin_usub_overflow __builtin_usubl_overflow __builtin_usubll_overflow
    __builtin_smul_overflow __builtin_smull_overflow __builtin_smulll_overflow __builtin_umul_overflow
    __builtin_umull_overflow __builtin_umulll_overflow
    __sync_fetch_and_add __sync_fetch_and_sub __sync_fetch_and_and __sync_fetch_and_or __sync_fetch_and_xor
    __sync_fetch_and_nand __sync_add_and_fetch __sync_sub_and_fetch __sync_and_and_fetch __sync_or_and_fetch
    __sync_xor_and_fetch __sync_nand_and_fetch __sync_val_compare_and_swap __sync_bool_compare_and_swap
    __sync_lock_test_and_set __sync_lock_release __sync_swap __sync_synchronize
    __atomic_fetch_add __atomic_fetch_sub __atomic_fetch_and __atomic_fetch_or __atomic_fetch_xor __atomic_fetch_nand
    __atomic_add_fetch __atomic_sub_fetch __atomic_and_fetch __atomic_or_fetch __atomic_xor_fetch __atomic_nand_fetch
    __atomic_exchange __atomic_exchange_n __atomic_compare_exchange __atomic_compare_exchange_n __atomic_load
    __atomic_load_n __atomic_store __atomic_store_n __atomic_thread_fence __atomic_signal_fence
    memcpy memmove memset memcmp bcmp strlen
"""
_FEATURES = """
    attribute_deprecated_with_message attribute_overloadable attribute_unavailable_with_message
    attribute_analyzer_noreturn attribute_availability enumerator_attributes
    c_alignas c_alignof c_atomic c_generic_selections c_static_assert
"""

# C17's and GNU's words that are no identifiers
_KEYWORDS = """
    auto break case char const continue default do double else enum extern float for goto if inline int long register
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
    _Alignas _Alignof _Atomic _Bool _Complex _Generic _Imaginary _Noreturn _Static_assert _Thread_local _BitInt
    asm typeof __asm __asm__ __attribute __attribute__ __typeof __typeof__ __extension__ __label__ __auto_type __inline
    __inline__ __const __volatile __volatile__ __restrict __restrict__ __signed __signed__ __alignof __alignof__ __thread
    __int128 __func__ __FUNCTION__ __PRETTY_FUNCTION__ __builtin_offsetof __builtin_va_arg __builtin_choose_expr
    __builtin_types_compatible_p
"""

KEYWORDS = frozenset(_KEYWORDS.split())
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
BUILTINS = frozenset(_BUILTINS.split())
FEATURES = frozenset(_FEATURES.split())
EXTENSIONS = FEATURES | {
    "c_generic_selection_with_controlling_type", "gnu_asm", "gnu_asm_goto_with_outputs", "statement_attributes_with_gnu_syntax",
}


def plain(name: str) -> str:
    """`__name__` as `name`."""
    return name[2:-2] if len(name) > 4 and name.startswith("__") and name.endswith("__") else name
