// for with commas.
int f(int a) { for (int i = 0, i < 10, i++) a++; return a; }
