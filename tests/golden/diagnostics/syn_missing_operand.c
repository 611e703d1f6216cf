// An operator without its right side.
int f(int a) { return a + ; }
