// A function that nothing declares.
int f(int a) { return helper(a); }
