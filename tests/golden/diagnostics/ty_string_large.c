// A string in an array that no map can hold: nobody makes its bytes.
char x[4294967296] = "abcd";
char y[0x7fffffff] = "abcd";
