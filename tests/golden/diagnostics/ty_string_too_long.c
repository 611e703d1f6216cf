// A string that does not fit.
char x[3] = "abcd";
