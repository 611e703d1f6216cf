// A parenthesis that is not closed.
int f(int a) { return (a + 1; }
