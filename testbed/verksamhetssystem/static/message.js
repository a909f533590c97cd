// A message from the system, in front of everything else until it is closed.
"use strict";
document.getElementById("systemmeddelande").showModal();
