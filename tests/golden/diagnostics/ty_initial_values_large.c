// More initial values than anybody could load.
int x[214748364] = {1, 2, 3};
int y[2147483647] = {1};
int f(void) { return x[1] + y[2]; }
