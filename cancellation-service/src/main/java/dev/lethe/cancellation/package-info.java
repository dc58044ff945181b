/** Carries out an erasure across every service that holds something about a person. */
@NullMarked
package dev.lethe.cancellation;

import org.jspecify.annotations.NullMarked;
