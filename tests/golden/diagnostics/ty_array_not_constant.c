// An array whose size nobody knows at compile time.
int f(int n) { char x[n]; return x[0]; }
