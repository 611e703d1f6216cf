// 128-bit arithmetic.
__int128 f(__int128 *a, __int128 *b) { return *a * *b; }
