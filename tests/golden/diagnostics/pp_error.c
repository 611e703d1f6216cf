// #error speaks for itself.
#ifndef __TARGET_ARCH_vax
#error "this program is for the vax"
#endif
