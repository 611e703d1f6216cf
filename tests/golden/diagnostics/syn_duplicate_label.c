// A label twice.
int f(int a) { x: a++; x: return a; }
