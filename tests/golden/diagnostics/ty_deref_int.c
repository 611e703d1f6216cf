// The star before an integer.
int f(long a) { return *a; }
