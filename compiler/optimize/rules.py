"""The rewrite rules: one a line, a pattern, what replaces it, when, and behind `;` the rule in words.

    x y p     any value; a name twice is the same value        C D       constants, as unsigned numbers
    0 1 -1    that constant, in the width of its place         [C + D]   a constant computed from others
    (op a b)  an instruction                                   a/b c/d   two rules: a goes with c, b with d

In conditions and brackets `bits` is the width of the first operand and `ones` all ones of it; `may(x)` are the bits that x
may have set as far as the kernel's verifier knows as well; `nonneg(x)`: the top one is not among them; `once`: what the
pattern matches below its root has no other use, so that no value the verifier has bounds for loses them (it relates a
compared register to its copies only); `scalar(x)`: x is no field of a context that may hold a packet pointer, which must
not pass a 32-bit operation; `pow2`, `log2`, `swap16`, `swap32`, `swap64`, `signed(C)`.

A rule holds for 32 and 64 bits unless its operations or `bits` say otherwise. Before rules are tried, constants stand on
the right of commutative operations and of comparisons, and operations on constants alone are folded (ir/arithmetic.py).
No rule touches a comparison of pointers, and none turns an `&` into a `%`: the verifier follows only the forms that stay.

tests/unit/optimize/test_rules.py has z3 prove every line of this table.
"""

from __future__ import annotations

RULES = """
# nothing happens
add/or/xor x 0                => x                                                     ; nothing is added
shl/lshr/ashr x 0             => x                                                     ; shifted by nothing
mul/udiv/sdiv x 1             => x                                                     ; times or divided by one
and/or x x                    => x                                                     ; with itself
and x C                       => x              if may(x) & ~C == 0                    ; the mask keeps all that x may have
ptradd p 0                    => p                                                     ; nothing is added

# always the same
and x C                       => 0              if may(x) & C == 0                     ; the mask keeps nothing that x may have
lshr x C                      => 0            if C < bits and may(x) >> C == 0         ; all that x may have is shifted out
or x -1                       => -1                                                    ; every bit is set
mul x 0                       => 0                                                     ; times nothing
sub/xor x x                   => 0                                                     ; with itself
umod/smod x 1                 => 0                                                     ; no remainder
smod x -1                     => 0                                                     ; no remainder
shl/lshr/ashr 0 x             => 0                                                     ; zero stays zero
udiv/sdiv x 0                 => 0                                                     ; BPF: divided by zero is zero
umod/smod x 0                 => x                                                     ; BPF: x modulo zero is x

# a cheaper operation
sub x C                       => add x [-C]                                            ; subtracting adds the negative
mul x -1                      => sub 0 x                                               ; times -1 negates
mul/udiv x C                  => shl/lshr x [log2(C)]        if pow2(C)                ; a power of two shifts
umod x C                      => and x [C - 1]               if pow2(C)                ; a power of two masks (and bounds x)
sdiv/smod x C                 => udiv/umod x C               if nonneg(x) and signed(C) > 0 ; neither is negative
sdiv x C                      => ashr (add x (lshr (ashr x [bits - 1]) [bits - log2(C)])) [log2(C)] \
                                                             if pow2(C) and signed(C) > 1 ; rounds to zero
smod x C                      => sub x (and (add x (lshr (ashr x [bits - 1]) [bits - log2(C)])) [-C]) \
                                                             if pow2(C) and signed(C) > 1 ; what the division leaves
ashr x C                      => lshr x C                    if nonneg(x)              ; x is not negative
shl/lshr/ashr x C             => shl/lshr/ashr x [C % bits]  if C >= bits              ; amounts are modulo the width

# constants meet; what has other uses may have been compared: then its bounds are the verifier's only way to those of the sum
add (add x C) D               => add x [C + D]               if once                   ; two constants are one
add (sub C x) D               => sub [C + D] x               if once                   ; two constants are one
sub C (add x D)               => sub [C - D] x               if once                   ; two constants are one
sub C (sub D x)               => add x [C - D]               if once                   ; two constants are one
and (and x C) D               => and x [C & D]                                         ; two masks are one
or (or x C) D                 => or x [C | D]                                          ; two constants are one
xor (xor x C) D               => xor x [C ^ D]                                         ; two constants are one
mul (mul x C) D               => mul x [C * D]                                         ; two constants are one
mul (shl x C) D               => mul x [D << C]              if C < bits and once      ; a shift is a factor
shl (mul x C) D               => mul x [C << D]              if D < bits and once      ; a shift is a factor
shl (shl x C) D               => shl x [C + D]   if C < bits and D < bits and C + D < bits and once ; two shifts are one
shl (shl x C) D               => 0               if C < bits and D < bits and C + D >= bits ; all is shifted out
lshr (lshr x C) D             => lshr x [C + D]  if C < bits and D < bits and C + D < bits  ; two shifts are one
lshr (lshr x C) D             => 0               if C < bits and D < bits and C + D >= bits ; all is shifted out
ashr (ashr x C) D             => ashr x [C + D]  if C < bits and D < bits and C + D < bits  ; two shifts are one
and (or x C) D                => and x D                     if C & D == 0             ; the mask drops what was set
and (xor x C) D               => and x D                     if C & D == 0             ; the mask drops what was flipped
or (and x C) D                => or x D                      if (C | D) == ones        ; what the mask drops is set again
lshr (shl x C) C              => and x [ones >> C]   if C < bits and (bits == 32 or C > 32) ; up and down again is a mask
shl (lshr x C) C              => and x [ones << C]   if C < bits and (bits == 32 or C < 32) ; down and up again is a mask
ptradd (ptradd p C) D         => ptradd p [C + D]                                      ; two constant offsets are one

# undone
sub (add x y) y               => x                                                     ; added and subtracted
sub (add x y) x               => y                                                     ; added and subtracted
add (sub x y) y               => x                                                     ; subtracted and added
sub x (sub x y)               => y                                                     ; subtracted twice
sub 0 (sub x y)               => sub y x                                               ; the negative of a difference
add x (sub 0 y)               => sub x y                                               ; adding the negative
sub x (sub 0 y)               => add x y                                               ; subtracting the negative
xor (xor x y) y               => x                                                     ; flipped twice
bswap16 (bswap16 x)           => and x 0xffff                                          ; swapped twice
bswap32 (bswap32 x)           => x                           if bits == 32             ; swapped twice
bswap64 (bswap64 x)           => x                                                     ; swapped twice
inttoptr (ptrtoint p)         => p                                                     ; there and back
ptrtoint (inttoptr x)         => x                                                     ; there and back
inttoptr (add (ptrtoint p) x) => ptradd p x                                            ; pointer arithmetic in integers
askernel (ptradd p x)         => ptradd (askernel p) x                                 ; one cast serves all members
askernel (asarena p)          => p                                                     ; there and back
asarena (askernel p)          => p                                                     ; there and back

# widths
trunc (zext x)                => x                                                     ; there and back
trunc (sext x)                => x                                                     ; there and back
trunc (sext32 x)              => trunc x                                               ; only the upper half changed
zext (trunc x)                => x                           if may(x) <= 0xffffffff   ; the upper half is zero already
sext (trunc x)                => sext32 x                                              ; the low half, extended
sext32 (zext x)               => sext x                                                ; the low half, extended
sext32 (sext x)               => sext x                                                ; extended already
sext (sext8/sext16 x)         => sext8/sext16 (zext x)      if once                    ; extended at once
sext x                        => zext x                      if nonneg(x)              ; x is not negative
sext32 x                      => zext (trunc x)              if may(x) >> 31 & 1 == 0  ; the low half is not negative
sext8 x                       => x                           if may(x) <= 0x7f         ; a small positive number
sext16 x                      => x                           if may(x) <= 0x7fff       ; a small positive number
sext8/sext16 (sext8 x)        => sext8/sext8 x                                         ; extended already
sext16/sext8 (sext16 x)       => sext16/sext8 x                                        ; extended already
sext8 (and x C)               => sext8 x                     if C & 0xff == 0xff       ; only upper bits changed
sext16 (and x C)              => sext16 x                    if C & 0xffff == 0xffff   ; only upper bits changed
and (sext8 x) C               => and x C                     if C <= 0xff              ; only upper bits changed
and (sext16 x) C              => and x C                     if C <= 0xffff            ; only upper bits changed
bswap16 (and x C)             => bswap16 x                   if C & 0xffff == 0xffff   ; only upper bits changed
bswap16 (sext16 x)            => bswap16 x                                             ; only upper bits changed
bswap32 (and x C)             => bswap32 x           if C & 0xffffffff == 0xffffffff   ; only upper bits changed
and x 0xffffffff              => zext (trunc x)              if bits == 64             ; a mask of the low half is a move
and (zext x) C                => zext (and x [C & 0xffffffff])  if scalar(x)           ; in 32 bits: zext is free
lshr (zext x) C               => zext (lshr x C)             if scalar(x) and C < 32   ; in 32 bits: zext is free
or/and/xor (zext x) (zext y)  => zext (or/and/xor x y)  if scalar(x) and scalar(y)     ; in 32 bits: zext is free
trunc (and x C)               => and (trunc x) [C & 0xffffffff]      if once           ; in 32 bits
trunc (add/mul/or/xor (zext x) C)  => add/mul/or/xor x [C & 0xffffffff]  if once and scalar(x) ; low halves make the low half
trunc (add/mul/or/xor (sext x) C)  => add/mul/or/xor x [C & 0xffffffff]  if once       ; low halves make the low half
trunc (shl (zext x) C)             => shl x C          if once and scalar(x) and C < 32 ; low halves make the low half
trunc (sub C (zext x))             => sub [C & 0xffffffff] x  if once and scalar(x)    ; low halves make the low half
trunc (add/sub/mul/and/or/xor (zext x) (zext y)) => add/sub/mul/and/or/xor x y \
                                               if once and scalar(x) and scalar(y) ; low halves make the low half
trunc (add/sub/mul/and/or/xor (sext x) (sext y)) => add/sub/mul/and/or/xor x y  if once ; low halves make the low half

# comparisons that are decided
eq/ule/uge/sle/sge x x        => 1                                                     ; equal to itself
ne/ult/ugt/slt/sgt x x        => 0                                                     ; equal to itself
ult/uge x 0                   => 0/1                                                   ; nothing is below zero
ugt/ule x -1                  => 0/1                                                   ; nothing is above all ones
eq/ne x C                     => 0/1                         if C & ~may(x) != 0       ; x cannot have a bit of C
ugt/ule x C                   => 0/1                         if may(x) <= C            ; x has no bits to get there
ult/uge x C                   => 1/0                         if may(x) < C             ; x has no bits to get there
slt/sle/sgt/sge x C           => 0/0/1/1                     if nonneg(x) and signed(C) < 0 ; only C is negative

# simpler comparisons
ult/ule x 1/0                 => eq x 0                                                ; only zero is below one
ugt/uge x 0/1                 => ne x 0                                                ; all but zero are above zero
eq/ne x 1                     => ne/eq x 0                   if may(x) == 1            ; x is 0 or 1
slt/sle/sgt/sge x C           => ult/ule/ugt/uge x C         if nonneg(x) and signed(C) >= 0 ; neither is negative
slt/sle/sgt/sge x y           => ult/ule/ugt/uge x y         if nonneg(x) and nonneg(y)      ; neither is negative
eq/ne (add x C) D             => eq/ne x [D - C]             if once                   ; the constant goes to the right
eq/ne (sub C x) D             => eq/ne x [C - D]             if once                   ; the constant goes to the right
eq/ne (xor x C) D             => eq/ne x [C ^ D]             if once                   ; the constant goes to the right
eq/ne (sub x y) 0             => eq/ne x y                   if once                   ; a difference or none
eq/ne (xor x y) 0             => eq/ne x y                   if once                   ; a difference or none
eq/ne (sext8 x) C             => eq/ne (and x 0xff) [C & 0xff] \
                                              if once and -128 <= signed(C) <= 127     ; the low bytes decide
eq/ne (sext16 x) C            => eq/ne (and x 0xffff) [C & 0xffff] \
                                              if once and -32768 <= signed(C) <= 32767 ; the low halves decide
eq/ne (sext8 x) (sext8 y)     => eq/ne (and x 0xff) (and y 0xff)      if once            ; the low bytes decide
eq/ne (sext16 x) (sext16 y)   => eq/ne (and x 0xffff) (and y 0xffff)  if once            ; the low halves decide
eq/ne (sext x) (sext y)       => eq/ne x y                            if once            ; the low halves decide
eq/ne (bswap16 x) C           => eq/ne x [swap16(C)] if C <= 0xffff and may(x) <= 0xffff ; swap the constant instead
eq/ne (and (bswap16 x) D) C   => eq/ne (bswap16 x) C         if D & 0xffff == 0xffff  ; nothing above 16 bits to compare
eq/ne (bswap32 x) C           => eq/ne x [swap32(C)]         if bits == 32             ; swap the constant instead
eq/ne (bswap64 x) C           => eq/ne x [swap64(C)]                                   ; swap the constant instead
eq/ne (bswap32 x) (bswap32 y) => eq/ne x y                   if bits == 32             ; equal before as after swapping
eq/ne/ult/ule/ugt/uge (zext x) C        => eq/ne/ult/ule/ugt/uge x C   if C <= 0xffffffff  ; in 32 bits
eq/ne/ult/ule/ugt/uge (zext x) (zext y) => eq/ne/ult/ule/ugt/uge x y  if scalar(x) and scalar(y) ; in 32 bits
eq/ne/ult/ule/ugt/uge/slt/sle/sgt/sge (sext x) C => eq/ne/ult/ule/ugt/uge/slt/sle/sgt/sge x [C & 0xffffffff] \
                                           if once and -0x80000000 <= signed(C) < 0x80000000 ; in 32 bits
ult/ule/ugt/uge/slt/sle/sgt/sge (sext x) (sext y) => ult/ule/ugt/uge/slt/sle/sgt/sge x y  if once ; in 32 bits

# truth values
ne (eq/ne/ult/ule/ugt/uge/slt/sle/sgt/sge x y) 0  => eq/ne/ult/ule/ugt/uge/slt/sle/sgt/sge x y ; a truth value already
eq (eq/ne/ult/ule/ugt/uge/slt/sle/sgt/sge x y) 0  => ne/eq/uge/ugt/ule/ult/sge/sgt/sle/slt x y ; the opposite
xor (eq/ne/ult/ule/ugt/uge/slt/sle/sgt/sge x y) 1 => ne/eq/uge/ugt/ule/ult/sge/sgt/sle/slt x y ; the opposite
"""
