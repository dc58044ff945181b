/** What services that hold personal data are asked, and what they answer. */
@NullMarked
package dev.lethe.messages.participant;

import org.jspecify.annotations.NullMarked;
