// else without if.
int f(int a) { else return 1; return 0; }
