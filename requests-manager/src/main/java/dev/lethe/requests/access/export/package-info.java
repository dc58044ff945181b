/** Asks participants to hand out what they hold about a person, and keeps what they answer until the report is built. */
@NullMarked
package dev.lethe.requests.access.export;

import org.jspecify.annotations.NullMarked;
