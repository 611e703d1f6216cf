// A CO-RE question about something that is no field.
int f(int a) { return __builtin_preserve_field_info(a, 0); }
