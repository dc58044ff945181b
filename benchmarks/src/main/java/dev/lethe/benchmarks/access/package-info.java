/** {@code ./lethe bench access}: how fast access reports are built, and what of it the mutex and the encryption cost. */
@NullMarked
package dev.lethe.benchmarks.access;

import org.jspecify.annotations.NullMarked;
