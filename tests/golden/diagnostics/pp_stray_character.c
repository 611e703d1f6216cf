// A character that C does not have.
int x = 1 @ 2;
