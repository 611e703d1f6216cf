// A constant that does not fit.
unsigned char x = 300;
