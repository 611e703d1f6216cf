// A shift beyond the width.
int f(int a) { return a << 32; }
