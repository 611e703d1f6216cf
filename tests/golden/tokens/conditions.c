// Conditions are computed in 64 bits, unsigned where an operand is.
#if -1 > 0u && defined(__BPF__) && !defined(NOPE)
int unsigned_wins;
#else
int signed_wins;
#endif
#if 0
#error not looked at
#elif (1 << 40) / 4 == 1 << 38
int wide;
#endif
