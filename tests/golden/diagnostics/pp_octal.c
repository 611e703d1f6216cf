// An octal number with a 9.
int x = 0193;
