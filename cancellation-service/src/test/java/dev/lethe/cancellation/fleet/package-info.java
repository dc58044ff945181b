/** The service on real servers, and stand-ins for everybody around it: participants, message-scheduler, requests-manager. */
@NullMarked
package dev.lethe.cancellation.fleet;

import org.jspecify.annotations.NullMarked;
