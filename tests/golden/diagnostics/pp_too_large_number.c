// A number of more than 64 bits.
unsigned long x = 0x12345678123456789;
