// defined without a name.
#if defined
#endif
