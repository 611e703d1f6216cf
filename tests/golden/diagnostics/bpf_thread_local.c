// A variable of each thread.
_Thread_local int x;
