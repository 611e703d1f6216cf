// A global function of a variable number of arguments.
int total(int n, ...) { return n; }
