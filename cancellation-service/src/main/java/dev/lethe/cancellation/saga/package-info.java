/** Drives an erasure: takes orders, keeps what was decided and says so to the fleet, in one transaction each. */
@NullMarked
package dev.lethe.cancellation.saga;

import org.jspecify.annotations.NullMarked;
