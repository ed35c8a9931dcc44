"""What the web pages may ask of the agent: small protocols, so that the web app could move out of its process.

Who may ask is the pages' business (`web.rights`): methods take the id of the member whose data is
meant, already checked.
"""

from edge_agent.interface.history import History
from edge_agent.interface.kiosk import ExerciseChoice, KioskAgent
from edge_agent.interface.people import People
from edge_agent.interface.transfer import Transfer
from edge_agent.interface.workouts import Workouts

__all__ = ["ExerciseChoice", "History", "KioskAgent", "People", "Transfer", "Workouts"]
