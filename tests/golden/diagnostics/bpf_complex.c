// A complex number.
_Complex int x;
